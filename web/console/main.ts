// first of all: it says in which order the layers of all other style sheets stand
import './styles/console.css'
import { createApp } from 'vue'
import App from './App.vue'
import { router } from './router'

createApp(App).use(router).mount('#app')
