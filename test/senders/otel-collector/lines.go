package main

import (
	"bufio"
	"context"
	"os"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/receiver"
)

// linesConfig is what the receiver "lines" reads: a file once from its start, as filelog does with start_at: beginning.
type linesConfig struct {
	Path  string        `mapstructure:"path"`
	Batch int           `mapstructure:"batch"`
	Pause time.Duration `mapstructure:"pause"`
}

type linesReceiver struct {
	config *linesConfig
	next   consumer.Logs
	cancel context.CancelFunc
	done   chan struct{}
}

// newLines stands in for filelog: one log record a line, the line as its body, only the observed time set.
func newLines() receiver.Factory {
	return receiver.NewFactory(
		component.MustNewType("lines"),
		func() component.Config { return &linesConfig{Batch: 100} },
		receiver.WithLogs(func(_ context.Context, _ receiver.Settings, config component.Config, next consumer.Logs) (receiver.Logs, error) {
			return &linesReceiver{config: config.(*linesConfig), next: next, done: make(chan struct{})}, nil
		}, component.StabilityLevelDevelopment),
	)
}

func (r *linesReceiver) Start(context.Context, component.Host) error {
	file, err := os.Open(r.config.Path)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(context.Background())
	r.cancel = cancel
	go func() {
		defer close(r.done)
		defer file.Close()
		r.read(ctx, bufio.NewScanner(file))
	}()
	return nil
}

func (r *linesReceiver) read(ctx context.Context, lines *bufio.Scanner) {
	for ctx.Err() == nil {
		logs := plog.NewLogs()
		records := logs.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty().LogRecords()
		for records.Len() < r.config.Batch && lines.Scan() {
			record := records.AppendEmpty()
			record.SetObservedTimestamp(pcommon.NewTimestampFromTime(time.Now()))
			record.Body().SetStr(lines.Text())
			record.Attributes().PutStr("log.file.name", "access.log")
		}
		if records.Len() == 0 {
			return
		}
		// A full queue refuses: the batch is offered again, as filelog does with retry_on_failure.
		for r.next.ConsumeLogs(ctx, logs) != nil && ctx.Err() == nil {
			time.Sleep(20 * time.Millisecond)
		}
		time.Sleep(r.config.Pause)
	}
}

func (r *linesReceiver) Shutdown(context.Context) error {
	if r.cancel != nil {
		r.cancel()
		<-r.done
	}
	return nil
}
