import { partsOf } from './text'

export function MessageText({ text }: { text: string }) {
  return (
    <p className="bubble" dir="auto">
      {partsOf(text).map(({ text: part, href }, index) =>
        href === undefined ? part : <a key={index} href={href} target="_blank" rel="noopener noreferrer nofollow">{part}</a>,
      )}
    </p>
  )
}
