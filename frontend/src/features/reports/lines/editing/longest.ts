/** The longest that the server takes of what a person writes on a line. */
export const LONGEST = { description: 500, vendor: 200, note: 2000 };
