// Package doctor examines a deployed stack from end to end, without closing anything. Its checks do not depend on each
// other: whatever one of them finds, all others are made.
package doctor

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"disputecloser/cmd/disputectl/internal/deployment"
	"disputecloser/shared/closing"
	"disputecloser/shared/moment"
	"disputecloser/shared/policy"
	"disputecloser/shared/secrets"
	"disputecloser/shared/wooshpay"
)

// Result is how a check went.
type Result string

// The results.
const (
	OK      Result = "ok"
	Warn    Result = "warn"
	Fail    Result = "fail"
	Unknown Result = "could not check"
)

// Finding is one line of the examination.
type Finding struct {
	What   string `json:"what"`
	Result Result `json:"result"`
	// Detail is what was found, and Next what to do about it.
	Detail string `json:"detail"`
	Next   string `json:"next,omitempty"`
}

func ok(format string, args ...any) Finding {
	return Finding{Result: OK, Detail: fmt.Sprintf(format, args...)}
}

func warn(next, format string, args ...any) Finding {
	return Finding{Result: Warn, Detail: fmt.Sprintf(format, args...), Next: next}
}

func fail(next, format string, args ...any) Finding {
	return Finding{Result: Fail, Detail: fmt.Sprintf(format, args...), Next: next}
}

func unknown(next, format string, args ...any) Finding {
	return Finding{Result: Unknown, Detail: fmt.Sprintf(format, args...), Next: next}
}

// unseen is the finding for an error of AWS: what is not there has failed, anything else could not be checked.
func unseen(err error) Finding {
	if deployment.IsMissing(err) {
		return fail(deployment.Advice(err), "%s", err)
	}
	return unknown(deployment.Advice(err), "%s", err)
}

// Ledger is what is asked of the table's items: to read, and nothing else.
type Ledger interface {
	// Control and Spent are those of closing.Controls.
	Control(ctx context.Context) (closing.Control, error)
	Spent(ctx context.Context, day closing.Day, currency string) (closing.Tally, error)
	closing.DueIndex
	// Cases lists unfinished cases by due date. With an error, the page holds what could be read.
	Cases(ctx context.Context, limit int, cursor string) (page []closing.Case, next string, err error)
}

// Target is the stack to examine, and what it takes to do so. Nothing may be nil.
type Target struct {
	Stack deployment.Stack
	Cloud *deployment.Cloud
	// Ledger opens the stack's table.
	Ledger func(ctx context.Context) (Ledger, error)
	// WebhookURL is where the webhook is reached from here; the stack's own address if empty.
	WebhookURL string
	// LocalPolicy returns the hash of the policy that should be deployed.
	LocalPolicy func() (string, error)
	HTTP        *http.Client
	Now         func() time.Time

	// document returns the policy that the deployed closer carries. It is read once for all checks.
	document func() (policy.Document, error)
	// template returns the template that the stack was deployed with. It, too, is read once.
	template func() (deployment.Template, error)
}

// check is one examination.
type check struct {
	what string
	do   func(context.Context) Finding
}

// checkTimeout bounds one check with all its calls.
const checkTimeout = 25 * time.Second

// Examine makes all checks at the same time and returns their findings in order.
func (p Target) Examine(ctx context.Context) []Finding {
	p.document = sync.OnceValues(func() (policy.Document, error) { return p.deployedPolicy(ctx) })
	p.template = sync.OnceValues(func() (deployment.Template, error) { return p.deployedTemplate(ctx) })
	checks := p.checks()
	findings := make([]Finding, len(checks))
	var running sync.WaitGroup
	for i, c := range checks {
		running.Go(func() { findings[i] = c.made(ctx) })
	}
	running.Wait()
	return findings
}

func (p Target) checks() []check {
	return []check{
		{"stack", p.status},
		{"function webhook", p.function("webhook", deployment.WebhookFunction)},
		{"function closer", p.function("closer", deployment.CloserFunction)},
		{"function sweep", p.function("sweep", deployment.SweepFunction)},
		{"function reconcile", p.function("reconcile", deployment.ReconcileFunction)},
		{"function operate", p.function("operate", deployment.OperateFunction)},
		{"function digest", p.function("digest", deployment.DigestFunction)},
		{"API key", p.storedKey},
		{"signing secret", p.storedSigning},
		{"WooshPay", p.accepted},
		{"endpoint", p.endpoint},
		{"charge", p.charge},
		{"genuine event", p.genuine},
		{"forged event", p.forged},
		{"refused lately", p.refusedLately},
		{"table", p.table},
		{"stream", p.stream},
		{"stream to closer", p.mapping},
		{"schedule of sweep", p.schedule("SweepSchedule", deployment.SweepFunction)},
		{"schedule of reconcile", p.schedule("ReconcileSchedule", deployment.ReconcileFunction)},
		{"schedule of digest", p.schedule("DigestSchedule", deployment.DigestFunction)},
		{"undelivered records", p.queue(deployment.UndeliveredRecords)},
		{"undelivered runs", p.queue(deployment.UndeliveredRuns)},
		{"alarms", p.alarms},
		{"due cases", p.backlog},
		{"policy", p.policy},
		{"decisions", p.decisions},
		{"budgets", p.budgets},
		{"closing", p.closing},
		{"clocks", p.clocks},
	}
}

// made makes a check within its time. A check that panics is a fault of this program, and hides no other either.
func (c check) made(ctx context.Context) (f Finding) {
	ctx, cancel := context.WithTimeout(ctx, checkTimeout)
	defer cancel()
	defer func() {
		if r := recover(); r != nil {
			f = unknown("report this as a bug of disputectl", "the check broke: %v", r)
		}
		f.What = c.what
	}()
	return c.do(ctx)
}

// status is CloudFormation's.
func (p Target) status(context.Context) Finding {
	switch p.Stack.Status {
	case "CREATE_COMPLETE", "UPDATE_COMPLETE", "IMPORT_COMPLETE":
		return ok("%s: %s", p.Stack.Name, p.Stack.Status)
	case "UPDATE_ROLLBACK_COMPLETE":
		return warn("look at the stack's events, and deploy again", "%s: the last deployment was rolled back %s", p.Stack.Name, p.Stack.Reason)
	case "UPDATE_IN_PROGRESS", "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", "CREATE_IN_PROGRESS", "REVIEW_IN_PROGRESS":
		return warn("run doctor again when the deployment has ended", "%s: %s", p.Stack.Name, p.Stack.Status)
	default:
		return fail("look at the stack's events, and deploy again", "%s: %s %s", p.Stack.Name, p.Stack.Status, p.Stack.Reason)
	}
}

// key returns the stored API key and the WooshPay URL of the stack.
func (p Target) key(ctx context.Context) (key, baseURL string, err error) {
	if baseURL, err = p.Stack.Parameter(deployment.WooshPayURL); err != nil {
		return "", "", err
	}
	id, err := p.Stack.Output(deployment.APIKeySecret)
	if err != nil {
		return "", "", err
	}
	key, err = secrets.NewKey(p.Cloud.Secrets, id).Key(ctx)
	return key, baseURL, err
}

// errUnfit means that the stored key does not belong to this host, so it is not sent there.
var errUnfit = errors.New("the stored key does not fit")

// provider returns a client of the stack's WooshPay account.
func (p Target) provider(ctx context.Context) (*wooshpay.Client, error) {
	key, baseURL, err := p.key(ctx)
	if err != nil {
		return nil, err
	}
	if err := wooshpay.CheckKey(baseURL, key); err != nil {
		return nil, fmt.Errorf("%w: %w", errUnfit, err)
	}
	return wooshpay.New(wooshpay.Config{BaseURL: baseURL, Key: wooshpay.FixedKey(key), Now: p.Now})
}

func (p Target) deployedPolicy(ctx context.Context) (policy.Document, error) {
	ctx, cancel := context.WithTimeout(ctx, checkTimeout)
	defer cancel()
	closer, err := p.Stack.Function(ctx, p.Cloud.Functions, deployment.CloserFunction)
	if err != nil {
		return policy.Document{}, err
	}
	return closer.Policy(ctx, p.HTTP)
}

func (p Target) deployedTemplate(ctx context.Context) (deployment.Template, error) {
	ctx, cancel := context.WithTimeout(ctx, checkTimeout)
	defer cancel()
	return p.Stack.Template(ctx, p.Cloud.Stacks)
}

func (p Target) webhookURL() (string, error) {
	if p.WebhookURL != "" {
		return p.WebhookURL, nil
	}
	return p.Stack.Output(deployment.WebhookURL)
}

// when is an instant with its distance from now.
func (p Target) when(t time.Time) string { return moment.From(t, p.Now()) }
