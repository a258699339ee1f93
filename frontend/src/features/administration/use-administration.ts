import { useMutation, useQueryClient } from "@tanstack/react-query";

import {
  adminKeys,
  cancelJob,
  changePerson,
  deletePerson,
  sendTestAlert,
} from "@/features/administration/api";

/** What changes something of others; every list is read anew, whatever the answer was. */
function useChange<Given, Answer>(change: (given: Given) => Promise<Answer>) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: change,
    onSettled: () => queries.invalidateQueries({ queryKey: adminKeys.all }),
  });
}

export const useCancelAnyJob = () => useChange(cancelJob);
export const useChangePerson = () => useChange(changePerson);
export const useDeletePerson = () => useChange(deletePerson);
export const useSendTestAlert = () => useMutation({ mutationFn: sendTestAlert });
