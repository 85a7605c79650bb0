import type { SandboxScript } from '../types.ts'

/** A line of a stack trace that lies in a file of the script's. */
export interface Frame {
  /** The line with the file's own name and line number. */
  text: string
  fileName: string
  source: string
  line: number
  column: number
}

/** Only the script's own frames: no host, guest or library frame, and no path of this machine. */
export function scriptFrames(frames: string, script: SandboxScript): Frame[] {
  const found: Frame[] = []
  for (const line of frames.split('\n')) {
    const frame = frameOf(line, script)
    if (frame) found.push(frame)
  }
  return found.slice(0, 20)
}

/** Frames of the guest's own files, as V8 writes them. */
const guestFrames = /\n {4,}at (?:[^\n()]* \()?pgscript:guest[/:][^\n()\s]*\)?/g

/** A text of the script's, such as a stack that it logged, without our frames, and with each file's own name and lines. */
export function withOwnLines(text: string, script: SandboxScript): string {
  if (!text.includes('\n    at ') && !/\n {5,}at /.test(text)) return text
  const own = text.replace(guestFrames, '')
  if (script.files === undefined) return own
  const lines = own.split('\n').flatMap((line) => {
    if (!positionIn(line, script.fileName)) return [line]
    return frameOf(line, script)?.text ?? []
  })
  return lines.join('\n')
}

function frameOf(text: string, script: SandboxScript): Frame | undefined {
  const position = positionIn(text, script.fileName)
  if (!position) return undefined
  const { at, line, column } = position
  const { fileName, source, files } = script
  if (files === undefined) return { text, fileName, source, line, column }
  // A line that is in no file: what was put between them is ours.
  const file = files.find(({ firstLine, lines }) => line >= firstLine && line < firstLine + lines)
  if (file === undefined) return undefined
  const own = line - file.firstLine + 1
  const named = `${text.slice(0, at)}${file.fileName}:${own}:${column}${text.endsWith(')') ? ')' : ''}`
  return { text: named, fileName: file.fileName, source: file.source, line: own, column }
}

/** Where the file's name begins in a line of a stack, and what it says. */
function positionIn(text: string, fileName: string) {
  if (!/^ {4,}at /.test(text)) return undefined
  const at = Math.max(text.lastIndexOf(`(${fileName}:`) + 1, text.lastIndexOf(`at ${fileName}:`) + 3)
  const position = at > 2 ? /:(\d{1,9}):(\d{1,9})\)?$/.exec(text) : null
  return position ? { at, line: Number(position[1]), column: Number(position[2]) } : undefined
}
