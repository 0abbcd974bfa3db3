// Package simulation plays the close protocol's real use cases against a hostile world, by seed.
//
// One seed is one history of a few days: disputes, WooshPay and its faults, webhooks, the table's stream,
// closers, sweepers, the reconciler, operators and people at WooshPay. Time is virtual, and one goroutine runs
// at a time. An actor yields before and after its calls, so that any two actors interleave at every
// step. Watchers at the ports check the promises of docs/protocol.md. They follow that text and decide nothing by
// the code they check, except that [closing.Case.Invalid] holds every stored case to its table. When the faults stop, every case must come to rest.
//
// A seed decides everything: the same seed gives the same history, bit for bit.
//
// # How to read it
//
// Start with [Play], which plays one seed. The files form four groups, named by their prefix. In reading order:
//
// The world is what surrounds the code under test.
//   - world.go, world_begin.go: [world] is one history being played, and [begin] draws it from its seed.
//   - world_chance.go: [chance] is the only source of randomness.
//   - world_queue.go, world_coroutine.go: what happens when. [queue] orders it, a [coroutine] runs an actor.
//   - world_incident.go, world_incident_kinds.go, world_incident_odds.go: everything that can go wrong.
//     [world.happens] asks at each step whether an [incidentKind] happens there, by the history's [odds].
//   - world_machine.go, world_clock.go: a [machine] with its clock, its stalls and its API key.
//   - world_facts.go, world_facts_drawn.go: [facts] is a dispute as it stands at WooshPay.
//   - world_subject.go: [subject] is one dispute with everything the simulation knows about it.
//   - world_people.go: what people and banks do at WooshPay, [world.actAtWooshPay].
//   - world_close.go: [treatment] is how WooshPay treats a POST that closes, [world.respond].
//   - world_switch.go, world_backup.go: what happens to the switch that says for which table closing is on, and to the
//     table that is restored from a backup.
//   - world_policy.go: [rulebook] is a policy that a closer is deployed with.
//
// The actors run the code under test.
//   - actor.go, actor_calls.go: [actor] is one run of a use case; [actor.halfCall] lets time pass around its calls.
//   - actor_webhook.go, actor_closer.go, actor_sweeper.go, actor_reconciler.go, actor_operator.go: who starts
//     which use case, and when. A [message] reaches the webhook, and [world.stream] starts a closer.
//   - actor_ledger.go, actor_provider.go, actor_provider_close.go, actor_provider_list.go, actor_watcher.go: the
//     ports as one actor reaches them, with their faults: [ledgerPort], [duePort], [providerPort], [listPort],
//     [watcherPort].
//
// The watchers check the promises. on… methods are called by the ports and by WooshPay; record… methods remember, check…
// methods compare, and count… methods count situations.
//   - watch.go: [world.onStore] sees every [change] of a stored case; [world.check] is the list of checks.
//   - watch_s1_post.go: S1 and S3, no second close and no POST without a claim, [world.onPost].
//   - watch_s2_claim.go, watch_s2_policy.go: S2, no claim that is not allowed, [world.checkClaim]. The second file
//     implements the policy a second time, independently.
//   - watch_s4_closed.go: S4, what may be called closed, [world.checkClosed].
//   - watch_s5_budget.go: S5, the budget, [world.checkBudget].
//   - watch_s6_due.go: S6, no unfinished case without a date, [world.checkDue].
//   - watch_s7_state.go: S7, every state is explained, [world.checkState].
//   - watch_looks.go: what follows from a look, for S2, S7 and L1, [world.checkLook].
//   - watch_arms_and_orders.go: no arm and no order is lost, for L1 and S2, [world.checkArmsAndOrders].
//   - watch_rest.go: L1 and L2, every case comes to rest, [world.checkRest].
//   - watch_situation.go, watch_situation_names.go: which [situation] of the protocol a history reached.
//
// The campaign plays many seeds and explains what it finds.
//   - campaign_play.go: [Play] plays one seed; [Options] and [Result].
//   - campaign.go: [Campaign.Run] plays many, on every processor, into an [Outcome].
//   - campaign_figures.go, campaign_report.go: [Figures] are what is counted, [Outcome.Print] prints them.
//   - campaign_shrink.go, campaign_story.go: [Explain] finds the shortest [Story] of a broken promise, and
//     [Replay] plays one seed again.
package simulation
