import { counted, number } from "./counted";

export const settings = {
  title: "Settings",
  tabs: "Parts of the settings",
  tab: {
    accounts: "Accounts",
    departments: "Departments",
    rules: "Rules",
    provider: "AI service",
    jobs: "All jobs",
    people: "People",
    alerts: "Alerts",
  },
  chart: {
    accounts: {
      title: "Accounts",
      intro: "What your charges can be booked on.",
      empty: "There are no accounts",
      emptyHint: "Without accounts no report can be made. How to load some stands above.",
      command: "expenseflow accounts load accounts.csv",
    },
    departments: {
      title: "Departments",
      intro: "What your charges can be charged to.",
      empty: "There are no departments",
      emptyHint: "How to load some stands above.",
      command: "expenseflow departments load departments.csv",
    },
    search: (title: string) => `Search: ${title}`,
    found: (found: number, all: number) =>
      found === all
        ? counted(all, "entry", "entries")
        : `${number(found)} of ${counted(all, "entry", "entries")}`,
    outOfUse: "Not in use",
    howToTitle: "How to change this list",
    howTo:
      "This list is changed on the machine that runs ExpenseFlow, with a file of the columns code, name and, if you like, description. What the file leaves out goes out of use; nothing filed under it is lost. With --starter instead of a file, the list that came with ExpenseFlow is back.",
  },
} as const;
