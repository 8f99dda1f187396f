import { type ReactNode, useState } from 'react';
import { Button } from 'react-aria-components';

const STORED_AS = 'tollgate-theme';
const THEMES = ['system', 'light', 'dark'] as const;
type Theme = (typeof THEMES)[number];

/** Light, dark, or as the system says; remembered on this device. */
export function ThemeChoice(): ReactNode {
  const [theme, setTheme] = useState(readTheme);
  const turn = (): void => {
    const next = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length] ?? 'system';
    localStorage.setItem(STORED_AS, next);
    applyTheme();
    setTheme(next);
  };
  return (
    <Button className="button small plain" onPress={turn} aria-label={`Colours: ${theme}. Change`}>
      <span aria-hidden="true">{{ system: '◐', light: '☀', dark: '☾' }[theme]}</span>
    </Button>
  );
}

/** Called before the page is first shown, so that it is not shown in the wrong colours. */
export function applyTheme(): void {
  document.documentElement.dataset['theme'] = readTheme();
}

function readTheme(): Theme {
  const stored = localStorage.getItem(STORED_AS);
  return THEMES.find((each) => each === stored) ?? 'system';
}
