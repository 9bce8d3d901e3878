/** What the console and the frame that shows a preview say to each other. */

/** A page in parts, as the service renders drafts. */
export interface Shown {
  html: string
  css: string
  custom_css: string | null
  mode: 'light' | 'dark' | 'system'
  styles: string[]
}

export interface ShowMessage extends Shown {
  kind: 'show'
  /** Counts what is sent, and comes back when it is shown. */
  number: number
}

export type FrameMessage =
  | { kind: 'ready' }
  /** It is about to be painted: for whoever measures. */
  | { kind: 'shown'; number: number }
  | { kind: 'link'; href: string; external: boolean }
