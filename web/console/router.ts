import { createRouter, createWebHistory, type RouteRecordRaw } from 'vue-router'
import { session } from './api/session'
import { areas, tabsOf } from './area'

const tabs = (kind: 'portalTabs' | 'apiTabs'): RouteRecordRaw[] => tabsOf(areas.flatMap((area) => area[kind] ?? []))

/** Puts the tabs that all areas have for a frame below it. */
function withTabs(route: RouteRecordRaw): RouteRecordRaw {
  if (route.name === 'portal') return { ...route, children: [...(route.children ?? []), ...tabs('portalTabs')] } as RouteRecordRaw
  if (route.name === 'api') return { ...route, children: [...(route.children ?? []), ...tabs('apiTabs')] } as RouteRecordRaw
  return route
}

export const router = createRouter({
  history: createWebHistory('/console'),
  routes: [
    { path: '/', redirect: '/portals' },
    { path: '/sign-in', name: 'sign-in', component: () => import('./screens/SignIn.vue'), meta: { title: 'Sign in', open: true } },
    ...areas.flatMap((area) => (area.routes ?? []).map(withTabs)),
    { path: '/:rest(.*)*', name: 'missing', component: () => import('./screens/Missing.vue'), meta: { title: 'Not found' } },
  ],
  scrollBehavior: (to, from, saved) => saved ?? (to.path === from.path ? false : { top: 0 }),
})

router.beforeEach((to) => {
  if (!to.meta.open && !session.token) return { name: 'sign-in', query: to.path === '/' ? {} : { then: to.fullPath } }
  return true
})

router.afterEach((to) => {
  setTitle(to.meta.title)
})

export function setTitle(title: string | undefined): void {
  document.title = title ? `${title} | Portico` : 'Portico'
}
