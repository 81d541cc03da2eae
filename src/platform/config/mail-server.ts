/** The mail server that takes notices for members. */
export interface MailServer {
  /** `smtp:` or `smtps:`, with user and password where it wants them. */
  url: string;
  /** The address that notices come from. */
  from: string;
}

/** What two settings say; undefined when neither is there, and in words what is wrong with them. */
export function parseMailServer(
  url: string | undefined,
  from: string | undefined,
): MailServer | string | undefined {
  if (url === undefined && from === undefined) return undefined;
  const isUrl =
    url !== undefined &&
    URL.canParse(url) &&
    ['smtp:', 'smtps:'].includes(new URL(url).protocol) &&
    new URL(url).hostname !== '';
  if (!isUrl) return 'SMTP_URL must look like smtps://user:password@host:465.';
  if (from === undefined || !/^[^\s@<>,]+@[^\s@<>,]+$/.test(from)) {
    return 'MAIL_FROM must be the address that notices come from.';
  }
  return { url, from };
}
