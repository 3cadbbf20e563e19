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

/** Quiet texts and errors are dark enough on white, and light enough on black. */
export const RESOLVER: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-dimmed': '#5c636a',
    '--mantine-color-error': '#c92a2a',
    '--mantine-color-anchor': '#0b6b52',
    '--mantine-color-placeholder': '#6b7278',
  },
  dark: {
    '--mantine-color-dimmed': '#a8adb3',
    '--mantine-color-error': '#ff8787',
    '--mantine-color-anchor': '#63e6be',
    '--mantine-color-placeholder': '#9aa0a6',
  },
});
