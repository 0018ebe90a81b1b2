/** A courtyard house seen from above, open to the south, with someone inside; its outline is the letter ㅁ. */
export function Logo({ size = 32 }: { size?: number }) {
  return (
    <svg className="logo" width={size} height={size} viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <rect width="32" height="32" rx="9" className="logo-ground" />
      <path d="M13 24.5H9.5a2 2 0 0 1-2-2v-13a2 2 0 0 1 2-2h13a2 2 0 0 1 2 2v13a2 2 0 0 1-2 2H19" className="logo-house" />
      <circle cx="16" cy="16" r="3" className="logo-person" />
    </svg>
  )
}
