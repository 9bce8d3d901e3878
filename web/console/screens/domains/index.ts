import type { Area } from '../../area'

export default {
  portalTabs: [
    { path: 'domain', name: 'portal-domain', component: () => import('./Domain.vue'), meta: { tab: { title: 'Domain', order: 7 } } },
  ],
} satisfies Area
