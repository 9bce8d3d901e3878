import type { Schemas } from '../../api/types'

export type PresetName = 'private' | 'public'

export interface Preset {
  title: string
  text: string
  /** What choosing it sets, in words. */
  sets: string[]
  /** What choosing it sets, on the wire. */
  portal: Omit<Schemas['CreatePortal'], 'name'>
  /** How visible the first API and the default pages are. */
  first: 'private' | 'public'
}

export const PRESETS: Record<PresetName, Preset> = {
  private: {
    title: 'Private',
    text: 'For developers you let in.',
    sets: [
      'Developers register and sign in',
      'APIs and pages are for signed-in developers only',
      'Applications get API keys (key-auth)',
      'Roles are off: every approved developer sees every API',
    ],
    portal: {
      authentication_enabled: true,
      rbac_enabled: false,
      default_api_visibility: 'private',
      default_page_visibility: 'private',
    },
    first: 'private',
  },
  public: {
    title: 'Public',
    text: 'For everyone, without accounts.',
    sets: [
      'Nobody signs in',
      'The first API and the default pages are public',
      'No applications and no keys',
    ],
    portal: {
      authentication_enabled: false,
      rbac_enabled: false,
      default_api_visibility: 'private',
      default_page_visibility: 'private',
      default_application_auth_strategy_id: null,
    },
    first: 'public',
  },
}
