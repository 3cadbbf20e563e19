/**
 * Relative links in Markdown: where they lead, and the headings they may name. Links in code are no
 * links; links to other sites are not followed.
 */
import { posix } from 'node:path';

export interface MarkdownTree {
  /** Every file of the repository, relative to its root. */
  readonly files: readonly string[];
  read(path: string): string;
}

const INLINE = /\]\(\s*<?([^)\s>]+)>?(?:\s+"[^"]*")?\s*\)/g;
const REFERENCE = /^ {0,3}\[[^\]]+\]:\s*<?([^\s>]+)>?/gm;
const ELSEWHERE = /^(?:[a-z][a-z0-9+.-]*:|\/\/)/i;

/** The links of one file that lead nowhere. */
export function brokenLinks(path: string, tree: MarkdownTree): readonly string[] {
  return linksOf(tree.read(path))
    .filter((link) => !ELSEWHERE.test(link))
    .flatMap((link) => {
      const why = faultOf(path, link, tree);
      return why === undefined ? [] : [`${path}: ${link}: ${why}`];
    });
}

export function linksOf(markdown: string): readonly string[] {
  const prose = withoutCode(markdown);
  return [...prose.matchAll(INLINE), ...prose.matchAll(REFERENCE)].map((found) => found[1] ?? '');
}

/** The names by which headings can be linked to, as the usual hosts make them. */
export function anchorsOf(markdown: string): readonly string[] {
  const seen = new Map<string, number>();
  return [...withoutFences(markdown).matchAll(/^#{1,6}\s+(.+?)\s*#*$/gm)].map(([, title = '']) => {
    const name = title
      .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-');
    const count = seen.get(name) ?? 0;
    seen.set(name, count + 1);
    return count === 0 ? name : `${name}-${count}`;
  });
}

function faultOf(path: string, link: string, { files, read }: MarkdownTree): string | undefined {
  const [file = '', anchor] = decodeURIComponent(link).split('#', 2);
  const joined = posix.normalize(posix.join(posix.dirname(path), file));
  const target = file === '' ? path : joined.replace(/\/$/, '');
  if (file.startsWith('/') || target.startsWith('..')) return 'leads out of the repository';
  const isFolder = target === '.' || files.some((each) => each.startsWith(`${target}/`));
  if (!files.includes(target) && !isFolder) return 'no such file';
  if (anchor === undefined || !target.endsWith('.md')) return undefined;
  return anchorsOf(read(target)).includes(anchor) ? undefined : 'no such heading';
}

function withoutCode(markdown: string): string {
  return withoutFences(markdown).replace(/(`+)(?!`)[\s\S]*?[^`]\1(?!`)/g, '');
}

function withoutFences(markdown: string): string {
  return markdown.replace(/^ {0,3}(```+|~~~+)[\s\S]*?(?:^ {0,3}\1.*$|(?![\s\S]))/gm, '');
}
