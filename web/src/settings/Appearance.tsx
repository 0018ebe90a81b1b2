import { Monitor, Moon, Sun } from 'lucide-react'
import { setTheme, useTheme } from '../app/theme'
import { useI18n } from '../i18n/i18n'

const themes = [
  { theme: 'system', Icon: Monitor },
  { theme: 'light', Icon: Sun },
  { theme: 'dark', Icon: Moon },
] as const

export function Appearance() {
  const { t } = useI18n()
  const current = useTheme()
  return (
    <fieldset className="choice">
      <legend>{t('settings.theme')}</legend>
      {themes.map(({ theme, Icon }) => (
        <label key={theme} className="choice-item">
          <input type="radio" name="theme" className="visually-hidden" checked={current === theme} onChange={() => setTheme(theme)} />
          <Icon size={20} aria-hidden /> <span>{t(`settings.theme.${theme}`)}</span>
        </label>
      ))}
    </fieldset>
  )
}
