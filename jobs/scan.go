package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"luukku/base/task"
	"luukku/domain/file"
)

// scan has an attachment looked at by the scanner. While it cannot be asked the attachment waits: that is no failure of the task, and it is never given up.
func (d Deps) scan(ctx context.Context, t task.Task) error {
	var args file.Ref
	if err := json.Unmarshal(t.Args, &args); err != nil {
		return task.Permanent(fmt.Errorf("read arguments: %w", err))
	}
	wait, err := d.Files.Scan(ctx, args)
	if errors.Is(err, file.ErrScanner) {
		return task.NotYet(wait, err)
	}
	return err
}

// watchFiles says when attachments wait for a scanner that does not answer.
func (d Deps) watchFiles(ctx context.Context) error {
	if d.Files == nil {
		return nil
	}
	orgs, err := d.Store.Organisations(ctx)
	if err != nil {
		return err
	}
	now := d.Now().Unix()
	for _, o := range orgs {
		n, oldest, err := d.Files.Store.FilesWaiting(ctx, o.ID, now)
		if err != nil {
			return err
		}
		if n > 0 && now-oldest > longScan {
			d.Log.Warn("scan.waiting", "org", o.ID, "files", n, "seconds", now-oldest, "what", "the scanner does not answer: attachments wait, and are opened for nobody")
		}
	}
	return nil
}

// longScan is how long an attachment may wait for the scanner before somebody hears of it, in seconds.
const longScan = 120
