import type { RouteMeta } from 'vue-router'
import type { Area } from '../../area'

const meta: RouteMeta = { title: 'New portal', under: '/portals', permission: 'manage_portals' }

export default {
  routes: [
    { path: '/portals/new', name: 'new-portal', component: () => import('./FirstStep.vue'), meta },
    { path: '/portals/new/:portalId/appearance', name: 'new-portal-appearance', component: () => import('./AppearanceStep.vue'), meta },
    { path: '/portals/new/:portalId/done', name: 'new-portal-done', component: () => import('./DoneStep.vue'), meta },
  ],
} satisfies Area
