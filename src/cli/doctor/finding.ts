// What `flagbridge doctor` says: one finding a line, each with what to do about it.

export type DoctorFinding = {
  readonly area:
    | 'program'
    | 'config'
    | 'kubeconfig'
    | 'credentials'
    | 'connection'
    | 'permissions'
    | 'clock'
    | 'terminal';
  readonly severity: 'ok' | 'info' | 'warn' | 'fail';
  /** What was looked at and what was seen, with its name. */
  readonly what: string;
  /** What to do; null when there is nothing to do. */
  readonly remedy: string | null;
};

export const ok = (area: DoctorFinding['area'], what: string): DoctorFinding => ({
  area,
  severity: 'ok',
  what,
  remedy: null,
});
