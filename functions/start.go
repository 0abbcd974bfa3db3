package main

import (
	"context"
	"crypto/rand"
	"errors"
	"io"
	"log/slog"
	"sync"
	"time"

	"disputecloser/functions/closer"
	"disputecloser/functions/digest"
	"disputecloser/functions/operate"
	"disputecloser/functions/reconcile"
	"disputecloser/functions/sweep"
	"disputecloser/functions/webhook"
	"disputecloser/shared/closing"
	"disputecloser/shared/config"
	"disputecloser/shared/pause"
	"disputecloser/shared/report"
	"disputecloser/shared/secrets"
	"disputecloser/shared/wooshpay"
)

// startTimeout bounds the reading of secrets and the opening of connections. Lambda allows ten seconds for INIT.
const startTimeout = 6 * time.Second

// clock returns the wall clock, in UTC. Round strips Go's monotonic reading: it stops while a function or its machine is
// frozen, and a claim's window does not.
func clock() time.Time { return time.Now().UTC().Round(0) }

// start builds the function that _HANDLER names and returns its handler. The error joins all faults, one a line: every
// bad setting, or, if the settings are good, everything that is wrong with the secrets and the policy.
func start(ctx context.Context, getenv func(string) string, out io.Writer, log *slog.Logger) (any, error) {
	function, err := config.FunctionOf(getenv("_HANDLER"))
	if err != nil {
		return nil, err
	}
	settings, err := config.Read(function, getenv)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	d := newDependencies(settings, out, log)
	var handle any
	switch function {
	case config.Webhook:
		handle, err = startWebhook(ctx, d)
	case config.Closer:
		handle, err = startCloser(ctx, d)
	case config.Sweep:
		handle = startSweep(ctx, d)
	case config.Reconcile:
		handle, err = startReconcile(ctx, d)
	case config.Digest:
		handle, err = startDigest(ctx, d)
	case config.Operate:
		handle = startOperate(ctx, d)
	}
	return handle, d.explained(err)
}

func startWebhook(ctx context.Context, d *dependencies) (any, error) {
	signing := secrets.NewSigning(d.secrets, d.SigningSecret, d.log, clock)
	var warming sync.WaitGroup
	warming.Go(func() { d.warmTable(ctx) })
	_, err := signing.Secrets(ctx)
	warming.Wait()
	if err != nil {
		return nil, err
	}
	h := &webhook.Handler{
		Learner:  closing.Learner{Ledger: d.ledger, Watcher: d.watcher, Now: clock, Pause: pause.Before},
		Secrets:  signing,
		Livemode: webhook.Livemode(d.WooshPayURL), MaxAge: d.SignatureMaxAge,
		Meter: d.meter, Log: d.log,
	}
	return h.Handle, nil
}

func startCloser(ctx context.Context, d *dependencies) (any, error) {
	rules, policyFault := policyFor(d.WooshPayURL, d.PolicyFile)
	client, livemode, err := d.openWooshPay(ctx)
	if err := errors.Join(policyFault, err); err != nil {
		return nil, err
	}
	h := &closer.Handler{
		Closer: closing.Closer{
			Ledger: d.ledger, Provider: client, Judge: closing.Judge{Policy: rules, Livemode: livemode},
			Watcher: d.watcher, Terms: d.terms, Now: clock, NewID: rand.Text,
		},
		Budgets: d.ledger, Stack: d.Stack, Meter: d.meter, Log: d.log,
	}
	if d.AlarmTopic != "" {
		h.Mail = d.topic()
	}
	return h.Handle, nil
}

func startSweep(ctx context.Context, d *dependencies) any {
	d.warmTable(ctx)
	h := &sweep.Handler{
		Sweeper: closing.Sweeper{Ledger: d.ledger, DueIndex: d.ledger, Watcher: d.watcher, Terms: d.terms, Now: clock},
		Switch:  d.ledger, Meter: d.meter, Log: d.log,
	}
	return h.Handle
}

func startReconcile(ctx context.Context, d *dependencies) (any, error) {
	client, _, err := d.openWooshPay(ctx)
	if err != nil {
		return nil, err
	}
	h := &reconcile.Handler{
		Reconciler: closing.Reconciler{
			Ledger: d.ledger, Store: d.ledger, List: reconcile.DisputeList{Client: client}, Span: reconcile.Span,
			Watcher: d.watcher, Terms: d.terms, Now: clock, Pause: pause.Before,
		},
		Meter: d.meter, Log: d.log,
	}
	return h.Handle, nil
}

func startDigest(ctx context.Context, d *dependencies) (any, error) {
	rules, err := loadPolicy(d.PolicyFile)
	if err != nil {
		return nil, err
	}
	mode, err := wooshpay.ModeOf(d.WooshPayURL)
	if err != nil {
		return nil, err
	}
	d.warmTable(ctx)
	h := &digest.Handler{
		Ledger: d.ledger, Alarms: d.alarms(), Mail: d.topic(), Policy: report.Policy{Hash: rules.Hash(), Live: rules.Live()},
		Stack: d.Stack, LiveMoney: mode == wooshpay.LiveMode, Now: clock, Meter: d.meter, Log: d.log,
	}
	return h.Handle, nil
}

func startOperate(ctx context.Context, d *dependencies) any {
	d.warmTable(ctx)
	h := &operate.Handler{Ledger: d.ledger, Acts: d.ledger, Now: clock, Meter: d.meter, Log: d.log}
	return h.Handle
}
