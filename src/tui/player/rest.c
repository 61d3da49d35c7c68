/* rest.c - why a player stands still: the one place that decides it, for keys, mouse and screen; and answers. */
#include "tui/player/player.h"

enum player_rest player_rest(const struct player *player)
{
    if (player->waiting)
        return PLAYER_WAITS;
    if (player->going)
        return PLAYER_GOES;
    if (player->playing)
        return PLAYER_PLAYS;
    if (player->asked)
        return PLAYER_ASKS;
    if (player->state == RUN_FAILED)
        return PLAYER_AT_ERROR;
    return player->state == RUN_MORE ? PLAYER_PAUSED : PLAYER_AT_END;
}

bool player_reveal(struct player *player)
{
    if (!player->asked || !player->answer)
        return false;
    player->revealed = true;
    player->revealed_ns = player_now(player);
    player->asked = false;
    player->moved++;
    return true;
}
