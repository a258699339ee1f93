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
    change: "Change this list",
    edit: {
      accounts: "Change the accounts",
      departments: "Change the departments",
      intro:
        "Rename entries, add some, take some out of use. Nothing is deleted: what was filed under a code keeps it.",
      back: "Back to the list",
      file: "Take the list from a CSV file",
      fileHint:
        "Columns code, name and, if you like, description and active. What the file leaves out goes out of use.",
      notText: "This file is not UTF-8 text",
      notTextHint: "Save it again as “CSV UTF-8”, then choose it once more.",
      list: "The list to be",
      code: "Code",
      name: "Name",
      description: "Description",
      active: "In use",
      of: (column: string, code: string) => `${column}: ${code}`,
      newCode: "a new entry",
      add: "Add an entry",
      more: (count: number) =>
        `${counted(count, "more entry", "more entries")}; search to see them`,
      look: "See what would change",
      fromFile: (name: string) => `From the file ${name}`,
      preview: "What would change",
      nothing: "Nothing would change.",
      added: "Added",
      changed: "Changed",
      deactivated: "Out of use",
      rejected: "Cannot be taken",
      unchanged: (count: number) =>
        `${counted(count, "entry stays as it is", "entries stay as they are")}.`,
      becomes: (was: string, becomes: string) => `${was} → ${becomes}`,
      row: (row: number, code: string, reason: string) =>
        `Row ${row}${code === "" ? "" : ` (${code})`}: ${reason}`,
      andMore: (count: number) => `and ${number(count)} more`,
      drastic: "Most of the entries in use would go out of use",
      drasticHint: "Was that meant? Charges cannot be booked on them then.",
      mend: "Mend these rows first; nothing is stored as long as one of them is wrong.",
      save: "Save the list",
      goOn: "Go on changing",
      saved: "The list is saved",
      stale: "Somebody changed the list meanwhile",
      staleHint:
        "Your changes are kept, and stand on the list as it is now. Look again at what would change.",
    },
    howToTitle: "How to change this list",
    howTo:
      "Administrators change this list here, or on the machine that runs ExpenseFlow, with a file of the columns code, name and, if you like, description. What the file leaves out goes out of use; nothing filed under it is lost. With --starter instead of a file, the list that came with ExpenseFlow is back.",
  },
} as const;
