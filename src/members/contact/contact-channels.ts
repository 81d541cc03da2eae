/** Ways to tell a member something; each needs their own word. */
export const contactChannels = ['email', 'messenger'] as const;
export type ContactChannel = (typeof contactChannels)[number];
