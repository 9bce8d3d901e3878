import type { Area } from '../../area'

export default {
  portalTabs: [
    {
      path: 'appearance',
      name: 'portal-appearance',
      component: () => import('./Appearance.vue'),
      meta: { tab: { title: 'Appearance', order: 4 } },
    },
  ],
} satisfies Area
