// SPDX-License-Identifier: MIT
// In C++: processes by user, the most busy first. What the library wants freed has an owner here.
#include <algorithm>
#include <cstdio>
#include <cstring>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <proctree.h>

struct free_tree {
	void operator()(ptree_tree *tree) const { ptree_tree_free(tree); }
};
struct close_procfs {
	void operator()(ptree_procfs *procfs) const { ptree_procfs_close(procfs); }
};
struct free_users {
	void operator()(ptree_users *users) const { ptree_users_free(users); }
};

static void count(const ptree_tree *tree, ptree_users *users,
		  std::map<std::string, unsigned> &counts)
{
	ptree_nodes nodes{};
	int found = ptree_tree_descendants(tree, 0, &nodes);

	for (int i = 0; i < found; i++) {
		uint32_t uid = ptree_node_euid(nodes.node[i]);

		if (uid != PTREE_UNKNOWN_ID)
			counts[ptree_users_name(users, uid)]++;
	}
	ptree_nodes_clear(&nodes);
}

int main()
{
	ptree_tree *new_tree;
	ptree_procfs *new_procfs;
	ptree_users *new_users;
	std::map<std::string, unsigned> counts;

	if (ptree_tree_new(&new_tree, nullptr))
		return 1;
	std::unique_ptr<ptree_tree, free_tree> tree(new_tree);
	if (ptree_procfs_open(&new_procfs, nullptr))
		return 1;
	std::unique_ptr<ptree_procfs, close_procfs> procfs(new_procfs);
	if (ptree_users_new(&new_users))
		return 1;
	std::unique_ptr<ptree_users, free_users> users(new_users);

	if (int err = ptree_tree_read_proc(tree.get(), procfs.get(), 0)) {
		std::fprintf(stderr, "/proc: %s\n", std::strerror(-err));
		return 1;
	}
	count(tree.get(), users.get(), counts);
	std::vector<std::pair<std::string, unsigned>> sorted(counts.begin(), counts.end());
	std::stable_sort(sorted.begin(), sorted.end(),
			 [](const auto &a, const auto &b) { return a.second > b.second; });
	for (const auto &entry : sorted)
		std::printf("%6u %s\n", entry.second, entry.first.c_str());
	return 0;
}
