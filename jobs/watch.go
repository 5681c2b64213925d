package jobs

import (
	"context"
	"maps"
	"slices"

	"luukku/base/ids"
	"luukku/base/task"
	"luukku/domain/actor"
	"luukku/domain/queue"
)

// TaskWatch is the kind of the task that looks for kiosks and displays of which nothing is heard.
const TaskWatch = "housekeeping.watch"

// watch tells the offices of their devices that are dark. What fails at one office keeps nobody else's from being watched.
func (d Deps) watch(ctx context.Context, _ task.Task) error {
	if err := d.watchFiles(ctx); err != nil {
		return err
	}
	if d.Queue == nil {
		return nil
	}
	orgs, err := d.Store.Organisations(ctx)
	if err != nil {
		return err
	}
	for _, o := range orgs {
		list, err := d.Store.Workers().Devices(ctx, o.ID)
		if err != nil {
			return err
		}
		// Those that were shut out count as none, so that what was told of them is taken back.
		offices := map[ids.Office][]queue.Heard{}
		for _, x := range list {
			in := offices[x.Office]
			if x.EnrolledAt != 0 && x.RevokedAt == 0 {
				in = append(in, queue.Heard{Device: x.ID, At: x.SeenAt})
			}
			offices[x.Office] = in
		}
		for _, office := range slices.Sorted(maps.Keys(offices)) {
			if err := d.Queue.Watch(ctx, actor.System("housekeeping.watch"), o.ID, office, offices[office]); err != nil {
				d.Log.Error("watch.failed", "org", o.ID, "office", office, "error", err.Error())
			}
		}
	}
	return nil
}
