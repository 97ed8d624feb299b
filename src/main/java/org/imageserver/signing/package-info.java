/**
 * Ed25519 keys of servers and of people who carry images, and what is signed with them. What is worth a signature, and
 * whose is demanded, others know.
 */
@NullMarked
package org.imageserver.signing;

import org.jspecify.annotations.NullMarked;
