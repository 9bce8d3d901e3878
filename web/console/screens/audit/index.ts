import type { Area } from '../../area'

const permission = 'manage_organization'

export default {
  nav: { title: 'Audit logs', to: '/audit', order: 8, permission },
  routes: [
    {
      path: '/audit',
      name: 'audit',
      component: () => import('./AuditFrame.vue'),
      redirect: { name: 'audit-events' },
      meta: { title: 'Audit logs', permission },
      children: [
        { path: 'events', name: 'audit-events', component: () => import('./EventList.vue'), meta: { tab: { title: 'Events', order: 1 } } },
        {
          path: 'delivery',
          name: 'audit-delivery',
          component: () => import('./Delivery.vue'),
          meta: { tab: { title: 'Delivery', order: 2 } },
        },
        {
          path: 'destinations',
          name: 'audit-destinations',
          component: () => import('./DestinationList.vue'),
          meta: { tab: { title: 'Destinations', order: 3 } },
        },
      ],
    },
  ],
  portalTabs: [
    {
      path: 'audit',
      name: 'portal-audit',
      component: () => import('./PortalDelivery.vue'),
      meta: { tab: { title: 'Audit logs', order: 8, permission } },
    },
  ],
} satisfies Area
