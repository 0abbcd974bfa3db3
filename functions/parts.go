package main

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"

	"disputecloser/shared/closing"
	"disputecloser/shared/config"
	"disputecloser/shared/dynamo"
	"disputecloser/shared/metrics"
	"disputecloser/shared/secrets"
	"disputecloser/shared/wooshpay"
)

// parts are what several functions are made of. Nothing of it calls anybody before it is used.
type parts struct {
	config.Settings
	log     *slog.Logger
	meter   *metrics.Meter
	watcher closing.Watcher
	terms   closing.Terms
	ledger  *dynamo.Ledger
	secrets secrets.API
}

func newParts(s config.Settings, out io.Writer, log *slog.Logger) *parts {
	meter := metrics.New(out, s.Table, clock)
	cloud := s.AWS.Config()
	tables := dynamodb.NewFromConfig(cloud, func(o *dynamodb.Options) {
		if s.AWS.DynamoDBEndpoint != "" {
			o.BaseEndpoint = aws.String(s.AWS.DynamoDBEndpoint)
		}
	}, dynamo.Options)
	return &parts{
		Settings: s,
		log:      log,
		meter:    meter,
		watcher:  metrics.Watcher{Log: log, Meter: meter},
		terms:    closing.DefaultTerms(),
		ledger:   dynamo.New(tables, s.Table),
		secrets: secretsmanager.NewFromConfig(cloud, func(o *secretsmanager.Options) {
			if s.AWS.SecretsManagerEndpoint != "" {
				o.BaseEndpoint = aws.String(s.AWS.SecretsManagerEndpoint)
			}
		}),
	}
}

// step is something to be done before the first invocation.
type step func(ctx context.Context) error

// together takes steps at the same time and returns their errors joined, in the steps' order.
func together(ctx context.Context, steps ...step) error {
	faults := make([]error, len(steps))
	var running sync.WaitGroup
	for i, take := range steps {
		running.Go(func() { faults[i] = take(ctx) })
	}
	running.Wait()
	return errors.Join(faults...)
}

// warm is a step that opens a connection, so that the first invocation need not. What goes wrong with it goes wrong
// again when it matters.
func (p *parts) warm(what string, open step) step {
	return func(ctx context.Context) error {
		ctx, cancel := context.WithTimeout(ctx, warmTimeout)
		defer cancel()
		if err := open(ctx); err != nil {
			p.log.WarnContext(ctx, "connection not opened beforehand", "to", what, "error", err)
		}
		return nil
	}
}

// warmTimeout bounds one warming; what takes longer is left to the first invocation.
const warmTimeout = 3 * time.Second

// warmTable opens the connection to DynamoDB.
func (p *parts) warmTable(ctx context.Context) error {
	if p.Table == "" || !p.AWS.Known() {
		return nil
	}
	return p.warm("DynamoDB", p.ledger.Warm)(ctx)
}

// onlyWith is a step that is left out if the secret's name or the way to Secrets Manager is not known: that fault has
// its own line.
func (p *parts) onlyWith(secretName string, take step) step {
	return func(ctx context.Context) error {
		if secretName == "" || !p.AWS.Known() {
			return nil
		}
		return take(ctx)
	}
}

// account is WooshPay's account: its client, and its mode.
type account struct {
	client   *wooshpay.Client
	livemode bool
}

// account opens connections to WooshPay and the table, and checks that the API key and the host fit.
func (p *parts) account(ctx context.Context) (account, error) {
	var a account
	key := secrets.NewKey(p.secrets, p.APIKeySecret)
	steps := []step{p.warmTable, p.onlyWith(p.APIKeySecret, func(ctx context.Context) error {
		value, err := key.Key(ctx)
		if err == nil && p.WooshPayURL != "" {
			a.livemode, err = wooshpay.Livemode(p.WooshPayURL, value)
		}
		return err
	})}
	var err error
	if p.WooshPayURL != "" {
		a.client, err = wooshpay.New(wooshpay.Config{
			BaseURL: p.WooshPayURL, Key: key, CloseTimeout: p.terms.Request, ReadTimeout: p.terms.Look, Now: clock,
		})
		if err == nil {
			steps = append(steps, p.warm("WooshPay", a.client.Warm))
		}
	}
	return a, errors.Join(err, together(ctx, steps...))
}
