package main

import (
	"context"
	"crypto/rand"
	"errors"
	"io"
	"log/slog"
	"time"

	"disputecloser/functions/closer"
	"disputecloser/functions/reconcile"
	"disputecloser/functions/sweep"
	"disputecloser/functions/webhook"
	"disputecloser/shared/closing"
	"disputecloser/shared/config"
	"disputecloser/shared/pause"
	"disputecloser/shared/secrets"
)

// startTimeout bounds the opening of connections and the reading of secrets; Lambda gives INIT ten seconds.
const startTimeout = 6 * time.Second

// clock reads the wall clock alone. Go's monotonic clock stands still while a function is frozen or stalled with its
// machine, and a claim's window passes all the same.
func clock() time.Time { return time.Now().UTC().Round(0) }

// start puts the function together that the environment asks for and returns its handler. The error joins every fault
// that keeps it from working, one a line.
func start(ctx context.Context, getenv func(string) string, out io.Writer, log *slog.Logger) (any, error) {
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	function, err := config.FunctionOf(getenv("_HANDLER"))
	if err != nil {
		return nil, err
	}
	settings, bad := config.Read(function, getenv)
	p := newParts(settings, out, log)
	var handle any
	switch function {
	case config.Webhook:
		handle, err = startWebhook(ctx, p)
	case config.Closer:
		handle, err = startCloser(ctx, p)
	case config.Sweep:
		handle, err = startSweep(ctx, p)
	case config.Reconcile:
		handle, err = startReconcile(ctx, p)
	}
	return handle, errors.Join(bad, err)
}

func startWebhook(ctx context.Context, p *parts) (any, error) {
	signing := secrets.NewSigning(p.secrets, p.SigningSecret, p.log, clock)
	readSecret := func(ctx context.Context) error {
		_, err := signing.Secrets(ctx)
		return err
	}
	err := together(ctx, p.warmTable, p.onlyWith(p.SigningSecret, readSecret))
	return webhook.New(webhook.Ports{
		Secrets: signing, Ledger: p.ledger, Watcher: p.watcher, Meter: p.meter, Log: p.log, Now: clock, Pause: pause.Before,
		Livemode: webhook.Livemode(p.WooshPayURL), MaxAge: p.SignatureMaxAge,
	}).Handle, err
}

func startCloser(ctx context.Context, p *parts) (any, error) {
	rules, ruleless := loadPolicy(p.PolicyFile)
	account, err := p.account(ctx)
	return closer.New(closer.Ports{
		Ledger: p.ledger, Provider: account.client, Judge: closing.Judge{Policy: rules, Livemode: account.livemode},
		Watcher: p.watcher, Terms: p.terms, Meter: p.meter, Log: p.log, Now: clock, NewID: rand.Text,
	}).Handle, errors.Join(ruleless, err)
}

func startSweep(ctx context.Context, p *parts) (any, error) {
	err := together(ctx, p.warmTable)
	return sweep.New(sweep.Ports{
		Ledger: p.ledger, Agenda: p.ledger, Watcher: p.watcher, Terms: p.terms, Meter: p.meter, Log: p.log, Now: clock,
	}).Handle, err
}

func startReconcile(ctx context.Context, p *parts) (any, error) {
	account, err := p.account(ctx)
	return reconcile.New(reconcile.Ports{
		Ledger: p.ledger, Books: p.ledger, Catalogue: reconcile.Catalogue{Client: account.client},
		Watcher: p.watcher, Terms: p.terms, Meter: p.meter, Log: p.log, Now: clock, Pause: pause.Before,
	}).Handle, err
}
