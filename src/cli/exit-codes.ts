/** What snap's exit status means, for every command. */
export const EXIT = {
  /** Done; nothing found, nothing different. */
  clean: 0,
  /** `check`: findings. `diff`: different. `trace --batch`: an expectation failed. */
  found: 1,
  /** Could not run: usage, bad input, no such snapshot. */
  failed: 2,
  /** `collect`: some items failed. `check`: the snapshot lacks what a check needs. */
  partial: 3,
  /** `collect`: another run collects the same cluster into the same folder (sysexits.h EX_TEMPFAIL). */
  busy: 75,
  /** A defect in snap itself (sysexits.h EX_SOFTWARE). */
  defect: 70
} as const
