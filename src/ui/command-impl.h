/* SPDX-License-Identifier: MIT */
/* What the commands do; the table in command.c says of each what its argument is. */
#ifndef PROCTOP_COMMAND_IMPL_H
#define PROCTOP_COMMAND_IMPL_H

#include "ui/command.h"
#include "ui/session.h"

/* command-move.c: in whatever takes the keys. Arguments: how many, up negative. */
void command_move(struct session *session, int lines);
void command_move_pages(struct session *session, int pages);
void command_move_half_pages(struct session *session, int halves);
void command_move_to_end(struct session *session, int sign);
void command_shift(struct session *session, int steps); /* commands sideways */
/* The mouse, where it is. */
void command_click(struct session *session, int unused);
void command_scroll(struct session *session, int lines);
void command_drag(struct session *session, int is_over);

/* command-tree.c: folding, and what is shown of the tree. */
void command_fold_or_parent(struct session *session, int unused);
void command_unfold_or_child(struct session *session, int unused);
void command_set_folded(struct session *session, int folded);
void command_toggle_fold(struct session *session, int unused);
void command_fold_all(struct session *session, int folded);
void command_toggle_all(struct session *session, int unused);
void command_fold_at_depth(struct session *session, int digit);
void command_toggle_list(struct session *session, int unused);
void command_toggle_lineage(struct session *session, int unused);
void command_toggle_kernel_threads(struct session *session, int unused);
void command_toggle_threads(struct session *session, int unused);
void command_toggle_basenames(struct session *session, int unused);
void command_cycle_group(struct session *session, int unused);
void command_set_group(struct session *session, enum group_by by);
void command_cycle_exited(struct session *session, int unused);
void command_set_exited(struct session *session, enum jobs_mode mode);
void command_sort(struct session *session, int place); /* the same one again: by birth */
void command_invert_sort(struct session *session, int unused);
void command_stop_or_go_on(struct session *session, int unused);
void command_follow(struct session *session, int unused);
void command_watch(struct session *session, int unused);
void command_watch_also(struct session *session, int unused);
void command_watch_back(struct session *session, int unused);

/* command-open.c: what lies over the panes. */
void command_pick_user(struct session *session, int unused);
void command_pick_sort(struct session *session, int unused);
void command_pick_mark(struct session *session, int unused);
void command_show_churn(struct session *session, int unused);
void command_show_failures(struct session *session, int unused);
void command_show_record(struct session *session, int unused);
void command_setup(struct session *session, int unused);
void command_shift_column(struct session *session, int by);
void command_meters(struct session *session, int unused);
void command_turn_setup(struct session *session, int unused);
void command_reset_columns(struct session *session, int unused);
void command_save(struct session *session, int unused);
void command_show_events(struct session *session, int unused);
void command_show_details(struct session *session, int tab); /* enum details_tab */
void command_move_tab(struct session *session, int by);
void command_toggle_secrets(struct session *session, int unused);
void command_next_pane(struct session *session, int unused);
void command_toggle_tail(struct session *session, int unused);
void command_toggle_event_kind(struct session *session, int digit);
void command_show_help(struct session *session, int unused);
/* The tree shows that process; it says so if it cannot. */
void command_go_to(struct session *session, uint64_t id);
void command_enter(struct session *session, int unused);
void command_back(struct session *session, int unused);

/* command-tag.c */
void command_tag(struct session *session, int unused);
void command_tag_branch(struct session *session, int unused);
void command_tag_matching(struct session *session, int unused);
void command_untag_all(struct session *session, int unused);

/* command-mark.c; a letter from a to z. */
void command_mark(struct session *session, int letter);
void command_go_to_mark(struct session *session, int letter);

/* command-copy.c */
void command_copy_pid(struct session *session, int unused);
void command_copy_command(struct session *session, int unused);

/* command-act.c: acting on processes. */
void command_signal(struct session *session, int reach); /* enum delivery_reach */
void command_nice(struct session *session, int by);
void command_set(struct session *session, int kind); /* enum setting_kind */
void command_send(struct session *session, int unused);
void command_freeze(struct session *session, int unused);
void command_act_erase(struct session *session, int unused);

/* command-line.c: what is typed. */
void command_begin_search(struct session *session, int unused);
void command_find_again(struct session *session, int direction);
void command_begin_filter(struct session *session, int unused);
void command_begin_pid(struct session *session, int digit);
void command_begin_command(struct session *session, int unused);
void command_accept(struct session *session, int unused);
void command_cancel(struct session *session, int unused);
void command_edit(struct session *session, int edit); /* enum prompt_edit */
void command_type(struct session *session, uint32_t code);
void command_complete(struct session *session, int unused);
void command_go_in_history(struct session *session, int sign);
void command_search_for(struct session *session, const char *text);
/* Of the line as it stands, when they are looked at: not with each key. */
void command_find_completions(struct session *session);

#endif
