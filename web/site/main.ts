import './site.css'
import { autosubmit } from './autosubmit'
import { catalogSearch } from './catalog-search'
import { copyButtons } from './copy-buttons'
import { navigationToggle } from './navigation-toggle'
import { tabs } from './tabs'

/** The site's islands. Every page works without them; each does nothing where its mark-up is absent. */

navigationToggle()
tabs(document)
copyButtons(document)
autosubmit()
catalogSearch()
