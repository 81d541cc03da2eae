import { Shown } from '../../platform/openapi/view.decorator.js';
import { NamedView } from '../../programmes/views/programmes.views.js';
import type { Programme } from '../../rules/programme.js';
import type { Profile } from '../../rules/purchase.js';

export class PersonaView extends NamedView {
  @Shown(
    'text',
    'What members read before they choose it; null where the programme says nothing.',
    'nullable',
  )
  description: string | null;
}

/** What there is to choose from. */
export class ChoicesView {
  @Shown([PersonaView])
  personas: PersonaView[];

  @Shown([NamedView])
  preferences: NamedView[];
}

export class PreferencesView {
  @Shown('text', 'Code of the persona the member chose; null = none.', 'nullable')
  persona: string | null;

  @Shown('whole', 'From 1 to 12; null = not told.', 'nullable')
  birthMonth: number | null;

  @Shown({ type: 'array', items: { type: 'string' } }, 'Codes of what the member likes.')
  preferences: string[];

  @Shown(ChoicesView)
  choices: ChoicesView;
}

export function preferencesView(
  { persona, birthMonth, preferences }: Profile,
  programme: Pick<Programme, 'personas' | 'preferences'>,
): PreferencesView {
  return {
    persona: persona ?? null,
    birthMonth: birthMonth ?? null,
    preferences: [...preferences],
    choices: {
      personas: [...programme.personas.values()].map(({ code, name, description }) => ({
        code,
        name,
        description: description ?? null,
      })),
      preferences: [...programme.preferences.values()].map(({ code, name }) => ({ code, name })),
    },
  };
}
