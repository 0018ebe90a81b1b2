import { Http, type HttpOptions } from '../http.ts'
import { Accounts } from './accounts.ts'
import { Admin } from './admin.ts'
import { Crawls } from './crawls.ts'
import { Deliveries } from './deliveries.ts'
import { Drafts } from './drafts.ts'
import { Feed } from './feed.ts'
import { Inbox } from './inbox.ts'
import { Lists } from './lists.ts'
import { Moderation } from './moderation.ts'
import { Notifications } from './notifications.ts'
import { Posts } from './posts.ts'
import { Relations } from './relations.ts'
import { Rooms } from './rooms.ts'
import { Sources } from './sources.ts'
import { Sync } from './sync.ts'
import { Templates } from './templates.ts'
import { Webhooks } from './webhooks.ts'

/** Every resource of the API. */
export class MadangApi {
  readonly http: Http
  readonly accounts: Accounts
  readonly relations: Relations
  readonly rooms: Rooms
  readonly sync: Sync
  readonly admin: Admin
  readonly crawls: Crawls
  readonly webhooks: Webhooks
  readonly inbox: Inbox
  readonly notifications: Notifications
  readonly deliveries: Deliveries
  readonly templates: Templates
  readonly posts: Posts
  readonly drafts: Drafts
  readonly feed: Feed
  readonly lists: Lists
  readonly sources: Sources
  readonly moderation: Moderation

  constructor(options: HttpOptions = {}) {
    this.http = new Http(options)
    this.accounts = new Accounts(this.http)
    this.relations = new Relations(this.http)
    this.rooms = new Rooms(this.http)
    this.sync = new Sync(this.http)
    this.admin = new Admin(this.http)
    this.crawls = new Crawls(this.http)
    this.webhooks = new Webhooks(this.http)
    this.inbox = new Inbox(this.http)
    this.notifications = new Notifications(this.http)
    this.deliveries = new Deliveries(this.http)
    this.templates = new Templates(this.http)
    this.posts = new Posts(this.http)
    this.drafts = new Drafts(this.http)
    this.feed = new Feed(this.http)
    this.lists = new Lists(this.http)
    this.sources = new Sources(this.http)
    this.moderation = new Moderation(this.http)
  }
}
