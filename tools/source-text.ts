/**
 * A TypeScript text as the checkers of the house read it: comments gone, every text in quotes replaced
 * by its number, regular expressions emptied. So a rule about words meets code and nothing else.
 *
 * Not a parser: where a slash begins a regular expression is told from what stands before it.
 */

export interface SourceText {
  /** `"n"` stands for a text in quotes, and a number in backquotes for each piece of a template. */
  readonly code: string;
  /** The texts by their numbers. */
  readonly texts: readonly string[];
}

export interface Import {
  readonly from: string;
  /** Names that exist at run time; `*` stands for any other than a named one. Empty for types. */
  readonly values: readonly string[];
}

const COMMENT = /\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$)/y;
const QUOTED = /'((?:\\[\s\S]|[^'\\\n])*)'|"((?:\\[\s\S]|[^"\\\n])*)"/y;
const PATTERN = /\/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\[\n])+\/[a-z]*/y;
const TEMPLATE_PIECE = /(?:\\[\s\S]|\$(?!\{)|[^`\\$])*/y;

/** After these a slash cannot divide. */
const BEFORE_PATTERN =
  /(?:^|[(,=:[!&|?{};+\-*%<>~^]|\b(?:return|typeof|case|in|of|do|else|throw|yield|await|new))\s*$/;

const CLAUSE = String.raw`(?:type\s+)?(?:[\w$]+\s*,?\s*)?(?:\*(?:\s+as\s+[\w$]+)?|\{[^{}]*\})?`;
const FROM = new RegExp(String.raw`\b(?:import|export)\b\s*(${CLAUSE})\s*\bfrom\s*"(\d+)"`, 'g');
const WITHOUT_NAMES = /\bimport\s*(?:\(\s*"(\d+)"\s*[,)]|"(\d+)")/g;
const COMPUTED = /\bimport\s*\((?!\s*"\d+"\s*[,)])/;

export function readSource(text: string): SourceText {
  const texts: string[] = [];
  let code = '';
  let at = 0;
  /** Braces open in the hole of each template that is not finished. */
  const holes: number[] = [];

  const taken = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    if (found) at += found[0].length;
    return found;
  };
  const takeTemplatePiece = (): void => {
    at += 1;
    code += `\`${texts.push(taken(TEMPLATE_PIECE)?.[0] ?? '') - 1}\``;
    if (text[at] === '$') holes.push(0);
    at += text[at] === '$' ? 2 : 1;
  };

  while (at < text.length) {
    const char = text[at] ?? '';
    if (char === '/' && taken(COMMENT)) {
      code += ' ';
      continue;
    }
    if (char === '/' && BEFORE_PATTERN.test(code.slice(-20)) && taken(PATTERN)) {
      code += '/pattern/';
      continue;
    }
    const quoted = taken(QUOTED);
    if (quoted) {
      code += `"${texts.push(quoted[1] ?? quoted[2] ?? '') - 1}"`;
      continue;
    }
    const depth = holes.at(-1);
    if (char === '`') takeTemplatePiece();
    else if (char === '}' && depth === 0) {
      holes.pop();
      takeTemplatePiece();
    } else {
      if (depth !== undefined && char === '{') holes[holes.length - 1] = depth + 1;
      if (depth !== undefined && char === '}') holes[holes.length - 1] = depth - 1;
      code += char;
      at += 1;
    }
  }
  return { code, texts };
}

/** What a module imports and re-exports; a computed name is given as the empty one. */
export function importsOf({ code, texts }: SourceText): readonly Import[] {
  const named = [...code.matchAll(FROM)].map(([, clause = '', index]) => ({
    from: texts[Number(index)] ?? '',
    values: valuesIn(clause),
  }));
  const whole = [...code.matchAll(WITHOUT_NAMES)].map(([, dynamic, bare]) => ({
    from: texts[Number(dynamic ?? bare)] ?? '',
    values: ['*'],
  }));
  return [...named, ...whole, ...(COMPUTED.test(code) ? [{ from: '', values: ['*'] }] : [])];
}

/** `a, { b, type C, d as e }` gives `*`, `b` and `d`. */
function valuesIn(clause: string): readonly string[] {
  if (/^type\s+[\w$*{]/.test(clause)) return [];
  const braces = /\{([^{}]*)\}/.exec(clause);
  const outside = clause.replace(/\{[^{}]*\}/, '').replace(/[\s,]/g, '');
  const inside = (braces?.[1] ?? '')
    .split(',')
    .map((each) => each.trim())
    .filter((each) => each !== '' && !each.startsWith('type '))
    .map((each) => each.split(/\s/)[0] ?? '');
  return outside === '' ? inside : ['*', ...inside];
}
