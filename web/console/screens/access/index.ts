import type { Area } from '../../area'

export default {
  nav: { title: 'Access', to: '/access', order: 3, permission: 'manage_organization' },
  routes: [
    { path: '/access', name: 'access', component: () => import('./TokenList.vue'), meta: { title: 'Access', permission: 'manage_organization' } },
  ],
} satisfies Area
