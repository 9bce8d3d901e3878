/** A moment as `<input type="datetime-local">` has it: the reader's own time, to the minute. */
export function localTime(ms: number): string {
  return new Date(ms - new Date(ms).getTimezoneOffset() * 60_000).toISOString().slice(0, 16)
}

/** What was entered there, as the service takes it; empty where nothing was. */
export function instant(text: string): string {
  const time = new Date(text)
  return Number.isNaN(time.getTime()) ? '' : time.toISOString()
}
