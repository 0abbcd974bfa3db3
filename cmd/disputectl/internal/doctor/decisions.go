package doctor

import (
	"context"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"disputecloser/cmd/disputectl/internal/deployment"
	"disputecloser/shared/policy"
)

const (
	// drained is how long after an update an execution environment of before may still work: longer than the closer's
	// timeout.
	drained = 5 * time.Minute
	// decided bounds the cases that are looked at.
	decided = 200
	// lambdaTime is the form in which Lambda writes an instant.
	lambdaTime = "2006-01-02T15:04:05.999Z0700"
)

// decisions compares the policy by which cases were decided since the closer was deployed with the one that it carries.
func (p Target) decisions(ctx context.Context) Finding {
	d, err := p.document()
	if err != nil {
		return unread(err)
	}
	carried, err := policy.Compile(d)
	if err != nil {
		return unread(err)
	}
	closer, err := p.Stack.Function(ctx, p.Cloud.Functions, deployment.CloserFunction)
	if err != nil {
		return unseen(err)
	}
	since, err := time.Parse(lambdaTime, aws.ToString(closer.LastModified))
	if err != nil {
		return unknown("report this as a bug of disputectl", "when the closer was deployed cannot be read: %s", err)
	}
	l, err := p.Ledger(ctx)
	if err != nil {
		return unseen(err)
	}
	cases, _, err := l.Cases(ctx, decided, "")
	if err != nil {
		return unseen(err)
	}
	n := 0
	for _, c := range cases {
		if c.Decision == nil || !c.Decision.At.After(since.Add(drained)) {
			continue
		}
		if n++; c.Decision.Policy != carried.Hash() {
			return fail("deploy the stack again", "case %s was decided at %s by %s, and the closer carries %s since %s",
				c.ID, p.when(c.Decision.At), c.Decision.Policy, carried.Hash(), p.when(since))
		}
	}
	if n == 0 {
		return ok("no case was decided since the closer was deployed, %s", p.when(since))
	}
	return ok("all %d that are unfinished and were decided since the closer was deployed are by %s", n, carried.Hash())
}
