/**
 * The configuration file of the embedded server. Settings travel in a file and not on the command
 * line because `pg_ctl` hands its options to a shell.
 */

const DEFAULTS: Readonly<Record<string, string>> = {
  timezone: 'UTC',
  log_timezone: 'UTC',
  // Details and failed statements repeat row values, and a log is no place for member data.
  log_error_verbosity: 'terse',
  log_min_error_statement: 'panic',
};

const NAME = /^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)?$/i;
const PORT_LINE = /^port = '(\d+)'$/m;

/**
 * Renders the file. `extra` overrides the defaults but never where the server listens: the last
 * line wins in PostgreSQL, and those come last.
 */
export function renderSettings(port: number, extra: Readonly<Record<string, string>>): string {
  const all = Object.entries({
    ...DEFAULTS,
    ...extra,
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    port: String(port),
  });
  return all.map(([name, value]) => renderLine(name, value)).join('');
}

/** The port in a rendered file, or undefined when there is none. */
export function portIn(rendered: string): number | undefined {
  const digits = PORT_LINE.exec(rendered)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

function renderLine(name: string, value: string): string {
  if (!NAME.test(name)) throw new Error(`"${name}" is not the name of a PostgreSQL setting`);
  if (/[\r\n\0]/.test(value)) throw new Error(`the setting "${name}" must be one line`);
  const quoted = value.replaceAll('\\', '\\\\').replaceAll("'", "''");
  return `${name} = '${quoted}'\n`;
}
