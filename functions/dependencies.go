package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"syscall"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/sns"

	"disputecloser/shared/closing"
	"disputecloser/shared/config"
	"disputecloser/shared/dynamo"
	"disputecloser/shared/metrics"
	"disputecloser/shared/notify"
	"disputecloser/shared/secrets"
	"disputecloser/shared/wooshpay"
)

// dependencies are what more than one function needs.
type dependencies struct {
	config.Settings
	log     *slog.Logger
	meter   *metrics.Meter
	watcher closing.Watcher
	terms   closing.Terms
	ledger  *dynamo.Ledger
	secrets secrets.API
}

// secretBackoff is the longest pause between two attempts to read a secret.
const secretBackoff = 500 * time.Millisecond

// newDependencies builds them from good settings. It makes no call.
func newDependencies(s config.Settings, out io.Writer, log *slog.Logger) *dependencies {
	meter := metrics.New(out, s.Table, clock)
	cloud := s.AWS.Config()
	tables := dynamodb.NewFromConfig(cloud, func(o *dynamodb.Options) {
		if s.AWS.DynamoDBEndpoint != "" {
			o.BaseEndpoint = aws.String(s.AWS.DynamoDBEndpoint)
		}
	}, dynamo.Options)
	return &dependencies{
		Settings: s,
		log:      log,
		meter:    meter,
		watcher:  metrics.Watcher{Log: log, Meter: meter},
		terms:    closing.DefaultTerms(),
		ledger:   dynamo.New(tables, s.Table, s.TableMark),
		secrets: secretsmanager.NewFromConfig(cloud, func(o *secretsmanager.Options) {
			if s.AWS.SecretsManagerEndpoint != "" {
				o.BaseEndpoint = aws.String(s.AWS.SecretsManagerEndpoint)
			}
			// Three attempts end within the time of a read, so that its error says why none of them worked.
			o.Retryer = retry.AddWithMaxBackoffDelay(o.Retryer, secretBackoff)
		}),
	}
}

// topic returns the topic of the alarms. It makes no call.
func (d *dependencies) topic() *notify.Topic {
	client := sns.NewFromConfig(d.AWS.Config(), func(o *sns.Options) {
		o.RetryMaxAttempts = 2 // a mail that waits holds up cases
		if d.AWS.SNSEndpoint != "" {
			o.BaseEndpoint = aws.String(d.AWS.SNSEndpoint)
		}
	})
	return notify.New(client, d.AlarmTopic)
}

// alarms returns a client that reads the alarms. It makes no call.
func (d *dependencies) alarms() *cloudwatch.Client {
	return cloudwatch.NewFromConfig(d.AWS.Config(), func(o *cloudwatch.Options) {
		if d.AWS.CloudWatchEndpoint != "" {
			o.BaseEndpoint = aws.String(d.AWS.CloudWatchEndpoint)
		}
	})
}

// openWooshPay returns a client, and whether its account is in live mode. It reads the API key, checks that key and host
// belong to the same mode, and opens the connections that the first invocation needs.
func (d *dependencies) openWooshPay(ctx context.Context) (client *wooshpay.Client, livemode bool, err error) {
	key := secrets.NewKey(d.secrets, d.APIKeySecret)
	client, err = wooshpay.New(wooshpay.Config{
		BaseURL: d.WooshPayURL, Key: key, CloseTimeout: d.terms.Request, ReadTimeout: d.terms.Look, Now: clock,
	})
	if err != nil {
		return nil, false, err
	}
	var warming sync.WaitGroup
	warming.Go(func() { d.warmTable(ctx) })
	warming.Go(func() { d.warm(ctx, "WooshPay", client.Warm) })
	value, err := key.Key(ctx)
	if err == nil {
		livemode, err = wooshpay.Livemode(d.WooshPayURL, value)
	}
	warming.Wait()
	return client, livemode, err
}

// warmTable opens a connection to DynamoDB.
func (d *dependencies) warmTable(ctx context.Context) { d.warm(ctx, "DynamoDB", d.ledger.Warm) }

// warmTimeout bounds the opening of one connection. A slower one is left to the first invocation.
const warmTimeout = 3 * time.Second

// warm opens a connection, so that the first invocation does not have to. A failure is only logged: the function can
// start, and the call that needs the connection reports the error.
func (d *dependencies) warm(ctx context.Context, service string, open func(context.Context) error) {
	ctx, cancel := context.WithTimeout(ctx, warmTimeout)
	defer cancel()
	if err := open(ctx); err != nil {
		d.log.WarnContext(ctx, "connection not opened in advance", "to", service, "error", d.explained(err))
	}
}

// explained returns the error, and says what to do if it is that nothing runs on this machine of what `sam local` needs. On
// AWS no endpoint is set.
func (d *dependencies) explained(err error) error {
	if d.AWS.DynamoDBEndpoint == "" || !errors.Is(err, syscall.ECONNREFUSED) {
		return err
	}
	return fmt.Errorf("%w: nothing listens there; `make local-aws` starts what `sam local` needs", err)
}
