import { parseSettings, type Settings } from './settings.js';

/** The one place that reads `process.env`; `overrides` are command-line options and tests. */
export function settingsFromEnvironment(
  overrides: Readonly<Record<string, string | undefined>> = {},
): Settings {
  return parseSettings({ ...process.env, ...overrides });
}

/** Settings of a command that does one thing and ends: scheduled jobs are the servers' part. */
export function commandSettings(
  overrides: Readonly<Record<string, string | undefined>> = {},
): Settings {
  return settingsFromEnvironment({ JOBS: 'off', ...overrides });
}

/** The staff token with which commands call another environment; undefined when none is set. */
export function remoteToken(): string | undefined {
  const token = process.env['FEALTY_TOKEN']?.trim();
  return token === '' ? undefined : token;
}

/** Whether somebody asked for plain text, by the convention of no-color.org. */
export const wantsNoColour = (): boolean => (process.env['NO_COLOR'] ?? '') !== '';
