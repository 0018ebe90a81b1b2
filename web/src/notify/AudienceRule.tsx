import type { Role, SegmentRule } from '@madang/client'
import { fieldText } from '../i18n/error-text'
import { useI18n } from '../i18n/i18n'
import { Field } from '../ui/Field'

const roles: readonly Role[] = ['user', 'moderator', 'admin']

/** Which accounts belong to a segment: those that fit every part that is filled in. */
export function RuleFields({ rule = {}, error }: { rule?: SegmentRule; error: unknown }) {
  const { t } = useI18n()
  const list = (name: 'locales' | 'time_zones') => (
    <Field label={t(`notify.fit.${name}`)} hint={t(`notify.fitHint.${name}`)} name={name} autoCapitalize="none" spellCheck={false} defaultValue={rule[name]?.join(', ')} error={inList(t, error, name)} />
  )
  const day = (name: 'created_after' | 'created_before') => (
    <Field label={t(`notify.fit.${name}`)} name={name} type="date" defaultValue={dayOf(rule[name])} error={fieldText(t, error, name)} />
  )
  return (
    <>
      <p className="quiet-text">{t('notify.fitAll')}</p>
      <div className="two">{list('locales')}{list('time_zones')}</div>
      <fieldset className="send-channels">
        <legend>{t('notify.fit.roles')}</legend>
        {roles.map((role) => <label key={role} className="check"><input type="checkbox" name="roles" value={role} defaultChecked={rule.roles?.includes(role)} /> <span>{t(`admin.role.${role}`)}</span></label>)}
      </fieldset>
      <div className="two">{day('created_after')}{day('created_before')}</div>
    </>
  )
}

/** The refusal of the list, or of any of its entries. */
const inList = (t: Parameters<typeof fieldText>[0], error: unknown, name: string) =>
  fieldText(t, error, name) ?? [0, 1, 2, 3, 4, 5, 6, 7, 8, 9].map((at) => fieldText(t, error, `${name}.${at}`)).find((text) => text !== undefined)

/** The day by the reader's own clock, as a date field has it. */
export function dayOf(at: string | undefined): string {
  if (at === undefined) return ''
  const date = new Date(at)
  return [date.getFullYear(), date.getMonth() + 1, date.getDate()].map((part) => String(part).padStart(2, '0')).join('-')
}

/** What is left empty is no part of the rule. Days begin by the reader's own clock. */
export function ruleOf(form: FormData): SegmentRule {
  const list = (name: string) => String(form.get(name) ?? '').split(/[\s,]+/).filter((word) => word !== '')
  const day = (name: string) => {
    const text = String(form.get(name) ?? '')
    return text === '' ? {} : { [name]: new Date(`${text}T00:00`).toISOString() }
  }
  const some = <Value,>(name: string, values: readonly Value[]) => (values.length === 0 ? {} : { [name]: values })
  return {
    ...some('locales', list('locales')),
    ...some('time_zones', list('time_zones')),
    ...some('roles', roles.filter((role) => form.getAll('roles').includes(role))),
    ...day('created_after'),
    ...day('created_before'),
  }
}
