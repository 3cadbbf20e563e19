/** Colours and sizes: dense, as tables are what an administrator looks at; contrasts as WCAG AA asks. */
import {
  type CSSVariablesResolver,
  createTheme,
  DEFAULT_THEME,
  type MantineColorsTuple,
  type MantineThemeOverride,
} from '@mantine/core';

/** The darkest shade is dark enough on the lightest ones. */
const TEAL = DEFAULT_THEME.colors.teal.with(9, '#06644a');

export const THEME: MantineThemeOverride = createTheme({
  colors: { teal: TEAL as unknown as MantineColorsTuple },
  primaryColor: 'teal',
  primaryShade: { light: 9, dark: 9 },
  fontFamily: 'system-ui, sans-serif',
  defaultRadius: 'sm',
  cursorType: 'pointer',
  respectReducedMotion: true,
});

/** Under the pointer a button is darker, not lighter: its white words are read there too. */
const FILLED = { '--mantine-color-teal-filled-hover': '#054e3a' };

/** Quiet texts and errors are dark enough on white, and light enough on black. */
export const RESOLVER: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    ...FILLED,
    '--mantine-color-dimmed': '#5c636a',
    '--mantine-color-error': '#c92a2a',
    '--mantine-color-anchor': '#0b6b52',
    '--mantine-color-placeholder': '#6b7278',
  },
  dark: {
    ...FILLED,
    '--mantine-color-dimmed': '#a8adb3',
    '--mantine-color-error': '#ff8787',
    '--mantine-color-anchor': '#63e6be',
    '--mantine-color-placeholder': '#9aa0a6',
  },
});
