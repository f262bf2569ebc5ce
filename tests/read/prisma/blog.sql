CREATE SCHEMA IF NOT EXISTS "shop";
CREATE TYPE "shop"."user_role" AS ENUM ('USER', 'admin');
CREATE TABLE "User" (
    "id" SERIAL NOT NULL,
    "email" VARCHAR(255) NOT NULL,
    "full_name" TEXT,
    "role" "shop"."user_role" NOT NULL DEFAULT 'admin',
    "tags" TEXT[] DEFAULT ARRAY['a', 'it''s']::TEXT[],
    "bio" JSONB DEFAULT '{"a": 1}',
    "balance" DECIMAL(65,30) NOT NULL DEFAULT 1.50,
    "small" SMALLSERIAL NOT NULL,
    "created" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "seen" TIMESTAMPTZ(6) NOT NULL,
    "token" BYTEA NOT NULL DEFAULT '\x68656c6c6f',
    "key" UUID NOT NULL DEFAULT gen_random_uuid(),
    "shape" int4range,
    "managerId" INTEGER,
    CONSTRAINT "User_pkey" PRIMARY KEY ("id")
);
CREATE TABLE "shop"."posts" (
    "id" TEXT NOT NULL,
    "version" INTEGER NOT NULL,
    "aVeryLongNameOfAColumnThatIsCutWhereTheNameOfItsIndexIsLong" INTEGER NOT NULL,
    "author_id" INTEGER NOT NULL,
    CONSTRAINT "post_key" PRIMARY KEY ("id","version")
);
CREATE TABLE "Note" (
    "id" BIGINT NOT NULL,
    "postId" TEXT,
    "postVersion" INTEGER,
    CONSTRAINT "Note_pkey" PRIMARY KEY ("id")
);
CREATE TABLE "shop"."groups" (
    "uid" UUID NOT NULL,
    CONSTRAINT "groups_pkey" PRIMARY KEY ("uid")
);
CREATE TABLE "_friends" (
    "A" INTEGER NOT NULL,
    "B" INTEGER NOT NULL,
    CONSTRAINT "_friends_AB_pkey" PRIMARY KEY ("A","B")
);
CREATE TABLE "shop"."_GroupToUser" (
    "A" UUID NOT NULL,
    "B" INTEGER NOT NULL,
    CONSTRAINT "_GroupToUser_AB_pkey" PRIMARY KEY ("A","B")
);
CREATE UNIQUE INDEX "User_email_key" ON "User"("email");
CREATE INDEX "User_tags_idx" ON "User" USING GIN ("tags");
CREATE INDEX "User_bio_idx" ON "User" USING GIN ("bio" jsonb_path_ops);
CREATE INDEX "by_email" ON "User"("email" text_pattern_ops);
CREATE UNIQUE INDEX "User_email_full_name_key" ON "User"("email", "full_name" DESC);
CREATE UNIQUE INDEX "posts_aVeryLongNameOfAColumnThatIsCutWhereTheNameOfItsIndex_key" ON "shop"."posts"("aVeryLongNameOfAColumnThatIsCutWhereTheNameOfItsIndexIsLong");
CREATE INDEX "_friends_B_index" ON "_friends"("B");
CREATE INDEX "_GroupToUser_B_index" ON "shop"."_GroupToUser"("B");
ALTER TABLE "User" ADD CONSTRAINT "User_managerId_fkey" FOREIGN KEY ("managerId") REFERENCES "User"("id") ON DELETE SET NULL ON UPDATE CASCADE;
ALTER TABLE "shop"."posts" ADD CONSTRAINT "posts_author_id_fkey" FOREIGN KEY ("author_id") REFERENCES "User"("id") ON DELETE RESTRICT ON UPDATE NO ACTION;
ALTER TABLE "Note" ADD CONSTRAINT "Note_postId_postVersion_fkey" FOREIGN KEY ("postId", "postVersion") REFERENCES "shop"."posts"("id", "version") ON DELETE SET NULL ON UPDATE CASCADE;
ALTER TABLE "_friends" ADD CONSTRAINT "_friends_A_fkey" FOREIGN KEY ("A") REFERENCES "User"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "_friends" ADD CONSTRAINT "_friends_B_fkey" FOREIGN KEY ("B") REFERENCES "User"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "shop"."_GroupToUser" ADD CONSTRAINT "_GroupToUser_A_fkey" FOREIGN KEY ("A") REFERENCES "shop"."groups"("uid") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "shop"."_GroupToUser" ADD CONSTRAINT "_GroupToUser_B_fkey" FOREIGN KEY ("B") REFERENCES "User"("id") ON DELETE CASCADE ON UPDATE CASCADE;
