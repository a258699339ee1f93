import { useMutation, useQueryClient } from "@tanstack/react-query";

import { troubleOf } from "@/api/problems";
import { useToasts } from "@/components/ui/toast";
import {
  setExcluded,
  transactionKeys,
  type Transaction,
  type TransactionPage,
} from "@/features/transactions/api";
import { words } from "@/words";

const KEY = ["transactions", "personal"];

interface Change {
  transaction: Transaction;
  excluded: boolean;
}

/**
 * Marks a transaction as personal, or takes that back. It shows at once and goes back when the
 * server refuses, with its reason; the way back stands in a toast. `onChanged` is told when the last
 * of several changes is answered.
 */
export function usePersonal(onChanged: () => void) {
  const queries = useQueryClient();
  const toasts = useToasts();
  const lists = { queryKey: transactionKeys.lists() };

  function show(id: string, excluded: boolean): void {
    queries.setQueriesData<TransactionPage>(lists, (page) => page && marked(page, id, excluded));
  }
  const { mutate } = useMutation({
    mutationKey: KEY,
    scope: { id: "personal" }, // one after the other, so that the last word counts
    mutationFn: ({ transaction: { id }, excluded }: Change) => setExcluded(id, excluded),
    onMutate: async ({ transaction: { id }, excluded }) => {
      await queries.cancelQueries(lists); // an answer of before must not overwrite it
      show(id, excluded);
    },
    onError: (error, { transaction, excluded }) => {
      show(transaction.id, !excluded);
      const { title, detail } = troubleOf(error);
      toasts.add({ title, description: detail, priority: "high" });
    },
    onSuccess: (_, { transaction, excluded }) => {
      const { nowPersonal, nowBusiness } = words.transactions;
      toasts.add({
        title: excluded ? nowPersonal : nowBusiness,
        description: transaction.description,
        actionProps: {
          children: words.undo,
          onClick: () => mutate({ transaction, excluded: !excluded }),
        },
      });
    },
    onSettled: async () => {
      // While another change waits, the server would tell of what is about to be old.
      if (queries.isMutating({ mutationKey: KEY }) === 1) {
        onChanged();
        await queries.invalidateQueries(lists);
      }
    },
  });
  return mutate;
}

function marked(page: TransactionPage, id: string, excluded: boolean): TransactionPage {
  const items = page.items.map((item) => (item.id === id ? { ...item, excluded } : item));
  return { ...page, items };
}
