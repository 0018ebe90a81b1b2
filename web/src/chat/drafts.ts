/** What was begun in each room, kept until the window closes. */
export const drafts = new Map<string, string>()
