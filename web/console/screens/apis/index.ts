import { RouterView } from 'vue-router'
import type { Area } from '../../area'

export default {
  nav: { title: 'APIs', to: '/apis', order: 2 },
  routes: [
    { path: '/apis', name: 'apis', component: () => import('./ApiList.vue'), meta: { title: 'APIs' } },
    { path: '/apis/new', name: 'new-api', component: () => import('./NewApi.vue'), meta: { title: 'New API', permission: 'manage_apis' } },
    { path: '/apis/:apiId', name: 'api', component: () => import('./ApiFrame.vue') },
  ],
  portalTabs: [
    { path: 'apis', name: 'portal-apis', component: () => import('./PortalApis.vue'), meta: { tab: { title: 'Published APIs', order: 2 } } },
  ],
  apiTabs: [
    { path: '', name: 'api-overview', component: () => import('./Overview.vue'), meta: { tab: { title: 'Overview', order: 1 } } },
    {
      path: 'versions',
      name: 'api-versions-frame',
      component: RouterView,
      redirect: (to) => ({ name: 'api-versions', params: to.params }),
      meta: { tab: { title: 'Versions', order: 2 } },
      children: [
        { path: '', name: 'api-versions', component: () => import('./VersionList.vue') },
        { path: ':versionId', name: 'api-version', component: () => import('./VersionPage.vue') },
      ],
    },
    {
      path: 'documents',
      name: 'api-documents-frame',
      component: RouterView,
      redirect: (to) => ({ name: 'api-documents', params: to.params }),
      meta: { tab: { title: 'Documents', order: 3 } },
      children: [
        { path: '', name: 'api-documents', component: () => import('./DocumentList.vue') },
        { path: ':documentId', name: 'api-document', component: () => import('./DocumentPage.vue') },
      ],
    },
    {
      path: 'publications',
      name: 'api-publications',
      component: () => import('./Publications.vue'),
      meta: { tab: { title: 'Publications', order: 4 } },
    },
  ],
} satisfies Area
